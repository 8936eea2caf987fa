/** Pictures that belong to a prompt: what they may be, and what of them a run's log holds. */
import * as z from "zod/mini";

/** A frame is at most 1 MiB; this leaves room for the rest of the request. Of base64, all pictures together. */
export const MAX_IMAGE_CHARACTERS = 700_000;
export const MAX_IMAGES = 8;

export const ImageType = z.enum(["image/png", "image/jpeg", "image/gif", "image/webp"]);
export type ImageType = z.infer<typeof ImageType>;

export const PromptImage = z.object({
  mimeType: ImageType,
  /** Base64. */
  data: z.string().check(z.regex(/^[A-Za-z0-9+/]+={0,2}$/, "a picture is base64"), z.maxLength(MAX_IMAGE_CHARACTERS)),
});
export type PromptImage = z.infer<typeof PromptImage>;

export const PromptImages = z.array(PromptImage).check(
  z.maxLength(MAX_IMAGES),
  z.refine((images) => images.reduce((sum, { data }) => sum + data.length, 0) <= MAX_IMAGE_CHARACTERS, {
    error: `More than ${MAX_IMAGE_CHARACTERS} characters in all.`,
  }),
);

export const ImagePin = z.object({
  mimeType: ImageType,
  /** Content address of the picture's bytes. */
  artifact: z.string(),
});
export type ImagePin = z.infer<typeof ImagePin>;
