/** What the face offers, in the order in which it is made. */
import type { CreateFeature } from "./feature.ts";

export const lspFeatures: readonly CreateFeature[] = [];
