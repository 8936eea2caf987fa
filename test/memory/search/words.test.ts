import { expect, it } from "vitest";
import { identifierParts, isStopWord, splitIdentifier, textStems } from "../../../daemon/memory/search/words.ts";

it.each([
  ["camelCase", "camel case"],
  ["PascalCase", "pascal case"],
  ["snake_case_name", "snake case name"],
  ["SCREAMING_SNAKE", "screaming snake"],
  ["parseJSONBody", "parse json body"],
  ["HTTPServer", "http server"],
  ["utf8Decoder", "utf decoder"],
  ["port8080", "port 8080"],
  ["$scope", "scope"],
  ["__init__", "init"],
  ["x", ""],
  ["aB", ""],
  ["größeÄndern", "größe ändern"],
  ["", ""],
])("splits %s into its words", (identifier, words) => {
  expect(splitIdentifier(identifier).join(" ")).toBe(words);
});

it("tells single letters and digits where asked to", () => {
  expect(identifierParts("utf8X")).toEqual(["utf", "8", "x"]);
});

it("stems a text's words, each as often as it stands there", () => {
  expect(textStems("Parsing parsed bodies: rawBody")).toEqual(["pars", "pars", "bodi", "raw", "bodi"]);
});

it.each([
  ["the", true],
  ["fix", true],
  ["supports", true],
  ["cookie", false],
  ["router", false],
])("knows whether %s says nothing: %s", (word, says) => {
  expect(isStopWord(word)).toBe(says);
});
