/** The frequencies of word rows as they are kept in the database. */
import type { RowFrequencies } from "./chunk-vectors.ts";
import { createByteReader, createByteWriter } from "./grow.ts";

export function writeFrequencies({ generation, table, chunks, frequencies }: RowFrequencies): Uint8Array {
  const writer = createByteWriter(frequencies.length * 2 + 64);
  writer.varint(generation);
  writer.text(table);
  writer.varint(chunks);
  writer.varint(frequencies.length);
  for (const frequency of frequencies) writer.varint(frequency);
  return writer.written();
}

/** Undefined when there are none, or they are damaged. */
export function readFrequencies(bytes: Uint8Array | undefined): RowFrequencies | undefined {
  if (bytes === undefined) return undefined;
  try {
    const reader = createByteReader(bytes);
    const [generation, table, chunks] = [reader.varint(), reader.text(), reader.varint()];
    const frequencies = new Uint32Array(reader.varint());
    for (let row = 0; row < frequencies.length; row++) frequencies[row] = reader.varint();
    return { generation, table, chunks, frequencies };
  } catch {
    return undefined;
  }
}
