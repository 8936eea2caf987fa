import { describe, expect, it } from "vitest";
import { createTranscript } from "../../daemon/agents/transcript.ts";

const call = { callId: "1", tool: "edit_file", argumentsText: '{"path":"a.ts"}' };
const fine = { text: "Done.", isError: false, changed: [] };

describe("a transcript", () => {
  it("holds everything that was said, in order", () => {
    const transcript = createTranscript();
    transcript.say("hurry", "user");
    transcript.answer("I edit.", [call]);
    transcript.result(call, fine);
    transcript.say("go on", "nexus");
    expect(transcript.messages).toEqual([
      { role: "user", text: "hurry" },
      { role: "assistant", text: "I edit.", toolCalls: [call] },
      { role: "tool", callId: "1", tool: "edit_file", text: "Done.", isError: false },
      { role: "user", text: "go on" },
    ]);
    expect(transcript).toMatchObject({ corrections: ["hurry"], changed: [], deadEnds: [] });
  });

  it("keeps each changed file once", () => {
    const transcript = createTranscript();
    for (const changed of [["a.ts"], ["b.ts", "a.ts"], []]) transcript.result(call, { ...fine, changed });
    expect(transcript.changed).toEqual(["a.ts", "b.ts"]);
  });

  it("keeps failures, failed checks and circles as one line each, the latest last", () => {
    const transcript = createTranscript();
    const failed = { text: "The search text\nwas not found.", isError: true, changed: [] };
    transcript.result(call, failed);
    transcript.say("Nexus ran `npm test`: it ended with exit code 1.", "check");
    transcript.result(call, failed);
    transcript.result(call, { ...fine, finding: "edit_file was called 3 times in a row." });
    expect(transcript.deadEnds).toEqual([
      "Nexus ran `npm test`: it ended with exit code 1.",
      'edit_file {"path":"a.ts"} failed: The search text was not found.',
      "edit_file was called 3 times in a row.",
    ]);
    expect(transcript.messages.at(-1)?.text).toBe("Done.\n\nedit_file was called 3 times in a row. Do something else.");
  });

  it("bounds what failed", () => {
    const transcript = createTranscript();
    for (let index = 0; index < 100; index++)
      transcript.result({ ...call, argumentsText: `${index}` }, { text: "x".repeat(5000), isError: true, changed: [] });
    expect(transcript.deadEnds).toHaveLength(40);
    expect(transcript.deadEnds.at(-1)).toContain("99");
    expect(Math.max(...transcript.deadEnds.map((line) => line.length))).toBeLessThan(350);
  });
});
