import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { registerControls } from "./controls/elements.ts";
import { createHost } from "./host.ts";
import "./styles/main.css";

registerControls();
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App host={createHost()} initialRun={document.body.dataset["run"] ?? ""} />);
