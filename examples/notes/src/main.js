import { createNotesServer } from "./server.js";

const port = Number(process.env.PORT ?? 3000);
createNotesServer().listen(port, "127.0.0.1", () => {
  process.stdout.write(`Notes: http://localhost:${port}\n`);
});
