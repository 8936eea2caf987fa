import { test } from "node:test";

test("stands", () => undefined);
