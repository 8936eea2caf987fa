/** The role that a program of others has, by the package's export. */
import { afterEach, expect, it, vi } from "vitest";
import { connect } from "../../daemon/client.ts";
import { AGENT_VARIABLE } from "../../daemon/security/environment.ts";

const roles = vi.hoisted(() => [] as unknown[]);
vi.mock("../../daemon/cli/connect.ts", () => ({
  connectToDaemon: async ({ client }: { client: { role?: string } }) => void roles.push(client.role),
}));

afterEach(() => vi.unstubAllEnvs());

it("is the one that it asks for, and agent where an agent started the program, whatever environment it names", async () => {
  vi.stubEnv(AGENT_VARIABLE, "");
  await connect({ name: "x", role: "human" });
  await connect({ name: "x", role: "human", env: { [AGENT_VARIABLE]: "1" } });
  vi.stubEnv(AGENT_VARIABLE, "1");
  await connect({ name: "x", role: "human", env: {} });
  expect(roles).toEqual(["human", "agent", "agent"]);
});
