/** Method names of the languages' own libraries: a call of one says nothing about a definition of the same name. */
const OF_LIBRARIES = new Set(
  `add all any append apply assign at bind build call catch charAt clear clone close collect compare concat contains copy
  count create debug decode default defineProperty delete destroy done each emit empty encode end endsWith endswith entries
  equals error every exec exists exit expect extend fetch fill filter find findIndex finally first flat flatMap flush fmt
  forEach format from fromEntries get getattr getItem hash has hasOwnProperty hashCode head id includes indexOf info init
  insert into invoke is isArray isEmpty items iter iterator join json key keys last len length lines list load lock log main
  make map match max message min name new next now of off on open parse parseInt path poll pop post print println process
  push put query read readFile reduce register reject remove render replace replaceAll request reset resolve response
  result return reverse run save search seek select send serialize set setDefault setItem setdefault setup shift shutdown
  size slice some sort source splice split start startsWith startswith stat status stop store strip subscribe sum tail take
  test text then to toArray toFixed toISOString toLowerCase toString toUpperCase trim trigger type union unlock unshift
  unwrap unwrap_or update upper lower url use value valueOf values verify wait warn with write writeFile yield zip`.split(
    /\s+/,
  ),
);

export function isPlainName(name: string): boolean {
  return name.length < 4 || OF_LIBRARIES.has(name);
}
