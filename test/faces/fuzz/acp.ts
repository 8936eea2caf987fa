export function acpFace(): never {
  throw new Error("not yet");
}
