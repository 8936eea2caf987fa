/** What a person does in several scenarios, and what they then see. */
import type { Frame } from "playwright-core";
import type { Editor } from "./editor.ts";
import { GOAL, KEY, type World } from "./world.ts";

export async function setKey({ editor }: World, key = KEY): Promise<void> {
  await editor.command("Nexus: Set Model Key");
  await editor.pick("openai");
  await editor.type("Key of openai", key);
  await readNotice(editor, "key of openai is set");
}

/** Waits for a notice, then clears all. Toasts do not show in an editor under test; the list of notices does. */
export async function readNotice(editor: Editor, text: string): Promise<void> {
  const notice = editor.page.locator(".notification-list-item-message", { hasText: text }).first();
  // An empty list does not stay open, so it is opened until the notice is in it.
  for (let attempts = 20; attempts > 0; attempts--) {
    await editor.command("Notifications: Show Notifications");
    const isThere = await notice.waitFor({ timeout: 1500 }).then(
      () => true,
      () => false,
    );
    if (isThere) return await editor.command("Notifications: Clear All Notifications");
  }
  throw new Error(`no notice says “${text}”`);
}

export async function useTheme(editor: Editor, name: string): Promise<void> {
  await editor.command("Preferences: Color Theme");
  await editor.page.keyboard.type(name);
  await editor.pick(name);
}

/** From the palette to the run's panel. */
export async function runTask({ editor }: World, goal = GOAL): Promise<Frame> {
  await editor.command("Nexus: Run Task…");
  await editor.type("Nexus: Run Task", goal);
  await editor.pick("Act");
  return editor.panel();
}

export async function approvePlan(panel: Frame): Promise<void> {
  await panel.getByRole("button", { name: "Approve", exact: true }).click();
  await panel.locator(".phase-current", { hasText: "Work" }).waitFor();
}

export async function waitForStatus(panel: Frame, status: string, timeout = 120_000): Promise<void> {
  await panel.locator(".pill", { hasText: status }).waitFor({ timeout });
}

/** The text of a part of the panel, spaces joined. */
export async function textOf(panel: Frame, selector: string): Promise<string> {
  return ((await panel.locator(selector).first().textContent()) ?? "").replaceAll(/\s+/g, " ");
}
