import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Starlight's search button shows its shortcut beside its name, which axe takes for a part of the name. */
const starlightSearch = "button[data-open-modal]";

/** What axe finds on a page as it is now, by all rules of the guidelines or by those named: rule and element. */
export const violationsOf = async (page: Page, rules?: readonly string[]): Promise<string[]> => {
  // Code blocks that scroll become focusable a moment after they are laid out. Of one that does not, axe tells.
  const scrollable = () =>
    [...document.querySelectorAll<HTMLElement>(".expressive-code pre")].every(
      (code) => code.scrollWidth <= code.clientWidth || code.hasAttribute("tabindex"),
    );
  await page.waitForFunction(scrollable, undefined, { timeout: 5000 }).catch(() => {});
  // In the page itself, which has no frames of other origins, and without a list of all that passes: three times as fast.
  const axe = new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ["violations"] })
    .exclude(starlightSearch);
  const { violations } = await (rules ? axe.withRules([...rules]) : axe.withTags(tags)).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
};
