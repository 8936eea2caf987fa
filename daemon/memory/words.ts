/** The words of a prompt that can tell files apart. */

const COMMON = new Set(
  `a about add after all also an and any are as at be because been before being but by can change code could create delete do
  does done each else every file files find fix for from function get give go goes had has have help here how i if implement
  in into is it its just like line lines make makes may me must my need needs new no not now of on one only or other our out
  please project remove rename repository run set should show so some such sure test tests than that the their them then
  there these they this those to too update use used uses using want was we what when where which while who why will with
  work works would you your`.split(/\s+/),
);

/** Lower case, at least three letters, each once, identifiers whole and in parts; the longest first. */
export function promptWords(prompt: string): string[] {
  const whole = prompt.slice(0, 20_000).match(/[\p{L}_$][\p{L}\p{N}_$]{2,60}/gu) ?? [];
  const parts = whole.flatMap((word) => [word, ...word.split(/_+|\$+|(?<=\p{Ll})(?=\p{Lu})/u)]);
  const words = new Set(
    parts.map((word) => word.toLowerCase()).filter((word) => word.length >= 3 && !COMMON.has(word)),
  );
  return [...words].sort((first, second) => second.length - first.length || (first < second ? -1 : 1)).slice(0, 40);
}
