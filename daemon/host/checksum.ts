/** CRC-32, to tell bytes that a disk has spoiled: a gigabyte and more a second. */
import { crc32 } from "node:zlib";

export function checksum(bytes: Uint8Array, before = 0): number {
  return crc32(bytes, before);
}
