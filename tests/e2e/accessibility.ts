import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Starlight's search button shows its shortcut beside its name, which axe takes for a part of the name. */
const starlightSearch = "button[data-open-modal]";

/** What axe finds on a page as it is now: rule and element. */
export const violationsOf = async (page: Page): Promise<string[]> => {
  // Code blocks that scroll become focusable a moment after they are laid out.
  await page.waitForTimeout(500);
  const { violations } = await new AxeBuilder({ page }).withTags(tags).exclude(starlightSearch).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
};
