/** Typed arrays that grow: what a segment is collected in. */

type Growable = Int32Array | Uint16Array | Uint8Array | Float64Array | Uint32Array;

/** The same array, or one of at least twice its size with the same beginning, that holds `needed` entries. */
export function grown<Numbers extends Growable>(
  numbers: Numbers,
  needed: number,
  make: (length: number) => Numbers,
): Numbers {
  if (needed <= numbers.length) return numbers;
  const larger = make(Math.max(needed, numbers.length * 2));
  larger.set(numbers);
  return larger;
}

export interface ByteWriter {
  /** A whole number of 0 or more, below 2^53, in groups of seven bits. */
  varint(value: number): void;
  bytes(value: Uint8Array): void;
  text(value: string): void;
  readonly length: number;
  /** What was written so far; a view that the next write may leave behind. */
  written(): Uint8Array;
  clear(): void;
}

const encoder = new TextEncoder();

export function createByteWriter(size = 1024): ByteWriter {
  let buffer = new Uint8Array(size);
  let length = 0;
  const room = (count: number) => {
    buffer = grown(buffer, length + count, (size) => new Uint8Array(size));
  };
  return {
    varint(value) {
      room(8);
      let rest = value;
      while (rest >= 0x80) {
        buffer[length++] = (rest % 0x80) | 0x80;
        rest = Math.floor(rest / 0x80);
      }
      buffer[length++] = rest;
    },
    bytes(value) {
      room(value.length);
      buffer.set(value, length);
      length += value.length;
    },
    text(value) {
      const room3 = value.length * 3;
      room(room3 + 8);
      // Written behind the longest possible length first, then moved to where it belongs.
      const { written } = encoder.encodeInto(value, buffer.subarray(length + 8));
      const at = length + 8;
      this.varint(written);
      buffer.copyWithin(length, at, at + written);
      length += written;
    },
    get length() {
      return length;
    },
    written: () => buffer.subarray(0, length),
    clear() {
      length = 0;
    },
  };
}

export interface ByteReader {
  varint(): number;
  text(): string;
  readonly done: boolean;
}

/** Throws RangeError where the bytes end too early. */
export function createByteReader(bytes: Uint8Array): ByteReader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = buffer[at++];
      if (byte === undefined) throw new RangeError("the bytes end inside a number");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  };
  return {
    varint,
    text() {
      const length = varint();
      if (at + length > buffer.length) throw new RangeError("the bytes end inside a text");
      const text = buffer.toString("utf8", at, at + length);
      at += length;
      return text;
    },
    get done() {
      return at >= buffer.length;
    },
  };
}
