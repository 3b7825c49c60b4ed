import { deleteKeptFiles, type KeptFile, keptFiles } from "diffusion-cache";
import { inBytes } from "./bytes.js";
import { messageOf } from "./failure.js";

/** Cache of pages, as site/public/service-worker.js names it. */
const pagesCache = "diffusion-cache-pages-2";

const pages = async (): Promise<{ files: number; bytes: number }> => {
  if (!(await caches.has(pagesCache))) return { files: 0, bytes: 0 };
  const cache = await caches.open(pagesCache);
  const sizes = await Promise.all(
    (await cache.keys()).map(async (request) => (await (await cache.match(request))?.blob())?.size ?? 0),
  );
  return { files: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
};

/** A list of what this browser keeps for the site, with a button to delete each thing and one for all. */
class KeptFiles extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", ({ target }) => {
      const button = (target as HTMLElement).closest<HTMLElement>("button[data-delete]");
      if (button) void this.#delete(button.dataset.delete ?? "");
    });
    void this.#draw();
  }

  #part(name: string): HTMLElement {
    return this.querySelector(`[data-part=${name}]`) as HTMLElement;
  }

  async #delete(what: string): Promise<void> {
    if (what === "pages" || what === "all") await caches.delete(pagesCache);
    if (what === "all") await deleteKeptFiles();
    else if (what !== "pages") await deleteKeptFiles([what]);
    await this.#draw("Deleted.");
    this.#part("said").focus();
  }

  #row(what: string, bytes: number, key: string): HTMLTableRowElement {
    const row = document.createElement("tr");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.delete = key;
    button.textContent = "Delete";
    button.setAttribute("aria-label", `Delete ${what}`);
    row.insertCell().textContent = what;
    row.insertCell().textContent = inBytes(bytes);
    row.insertCell().append(button);
    return row;
  }

  async #draw(before = ""): Promise<void> {
    try {
      const files = await keptFiles();
      const opened = await pages();
      const named = ({ path, part }: KeptFile): string => (part ? `${path} (the beginning)` : path);
      this.#part("rows").replaceChildren(
        ...files.map((file) => this.#row(named(file), file.bytes, file.key)),
        ...(opened.files ? [this.#row(`${opened.files} files of pages`, opened.bytes, "pages")] : []),
      );
      const nothing = files.length === 0 && opened.files === 0;
      const bytes = files.reduce((sum, file) => sum + file.bytes, opened.bytes);
      this.#part("table").hidden = nothing;
      this.#part("said").textContent =
        `${before} ${nothing ? "This browser keeps nothing for this site." : `This browser keeps ${inBytes(bytes)} for this site.`}`.trim();
    } catch (error) {
      this.#part("table").hidden = true;
      this.#part("said").textContent =
        `This browser lets the site keep nothing${globalThis.isSecureContext ? ` (${messageOf(error)}). Private windows do that.` : ": it keeps files only for pages loaded over https or from localhost."} Every visit downloads the model again.`;
    }
  }
}

customElements.define("dc-kept-files", KeptFiles);
