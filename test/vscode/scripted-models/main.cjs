// A scripted language model for the suite's editor: reads a file, then answers with its first line, in pieces.
const vscode = require("vscode");

exports.activate = (context) => {
  const provider = {
    provideLanguageModelChatInformation: () => [
      {
        id: "scripted-1",
        name: "Scripted Model",
        family: "scripted",
        version: "1",
        maxInputTokens: 48_000,
        maxOutputTokens: 4000,
        capabilities: { toolCalling: true },
        isUserSelectable: true,
      },
    ],
    async provideLanguageModelChatResponse(_model, messages, options, progress) {
      const parts = messages.flatMap(({ content }) => content);
      const result = parts.find((part) => part instanceof vscode.LanguageModelToolResultPart);
      const tool = options.tools?.find(({ name }) => name === "read_file");
      if (result === undefined && tool !== undefined) {
        progress.report(new vscode.LanguageModelToolCallPart("call-1", tool.name, { path: "README.md" }));
        return;
      }
      const text = (result?.content ?? []).map((part) => part.value ?? "").join("");
      const heading = /# .*/.exec(text)?.[0] ?? "nothing";
      for (const word of ["The ", "scripted ", "model ", "of ", "the ", "editor ", "read: ", heading])
        progress.report(new vscode.LanguageModelTextPart(word));
    },
    provideTokenCount: async (_model, text) => Math.ceil(JSON.stringify(text).length / 4),
  };
  context.subscriptions.push(vscode.lm.registerLanguageModelChatProvider("scripted", provider));
};
