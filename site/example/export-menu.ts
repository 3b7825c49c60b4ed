import type { Export } from "../export/index.js";
import { saveFile } from "../page/save.js";
import type { Outcome } from "../program/example-module.js";

/** Files of the last finished run of the example around it. What makes them is loaded when it is opened. */
class ExportMenu extends HTMLElement {
  #outcome: Outcome | undefined;

  connectedCallback(): void {
    this.closest("dc-example")?.addEventListener("dc-outcome", (event) => {
      this.#outcome = (event as CustomEvent<Outcome>).detail;
      if (this.#details.open) void this.#fill();
    });
    this.#details.addEventListener("toggle", () => this.#details.open && void this.#fill());
    this.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !this.#details.open) return;
      this.#details.open = false;
      this.querySelector("summary")?.focus();
    });
  }

  get #details(): HTMLDetailsElement {
    return this.querySelector("details") as HTMLDetailsElement;
  }

  #say(text: string): void {
    (this.querySelector("[role=status]") as HTMLElement).textContent = text;
  }

  async #fill(): Promise<void> {
    const outcome = this.#outcome;
    if (!outcome) return;
    const root = this.closest("dc-example") as HTMLElement;
    const { exportsOf } = await import("../export/index.js");
    const all = exportsOf(root, outcome, this.dataset.example ?? "example");
    const groups = [...new Set(all.map(({ group }) => group))].map((group) => {
      const list = document.createElement("ul");
      for (const one of all.filter((other) => other.group === group)) list.append(this.#item(one));
      const title = document.createElement("p");
      title.className = "dc-panel-title";
      title.textContent = group;
      const part = document.createElement("div");
      part.append(title, list);
      return part;
    });
    this.querySelector("[data-part=files]")?.replaceChildren(...groups);
    this.#say("");
  }

  #item(one: Export): HTMLLIElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.label;
    button.addEventListener("click", async () => {
      button.disabled = true;
      this.#say(`Making ${one.file} …`);
      try {
        const content = await one.make();
        saveFile(one.file, content.type, content);
        this.#say(`Saved ${one.file}.`);
      } catch (error) {
        this.#say(error instanceof Error ? error.message : String(error));
      }
      button.disabled = false;
      button.focus();
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }
}

customElements.define("dc-export", ExportMenu);
