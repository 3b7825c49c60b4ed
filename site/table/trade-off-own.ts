import { keepMethods, keptMethods, type OwnMethod, rowOf } from "../notebook/own-methods.js";
import { shareFragment } from "../program/share-link.js";
import type { MethodPages } from "./trade-off-html.js";

/** The methods that readers wrote, in the form of the table: kept ones, and those that a link brought. Nothing runs here. */
export const ownList = (root: HTMLElement, base: string, changed: () => void) => {
  const list = root.querySelector("[data-part=own]") as HTMLElement;
  let kept = keptMethods();
  let brought: readonly OwnMethod[] = [];
  const pages = new Map<string, MethodPages[string]>();

  const all = (): readonly OwnMethod[] => [
    ...brought,
    ...kept.filter((method) => !brought.some(({ name }) => name === method.name)),
  ];

  const item = (method: OwnMethod, checked: boolean): HTMLElement => {
    const [row, linked] = [rowOf(method), brought.includes(method)];
    const element = document.createElement("li");
    const [label, box, program, remove] = [
      document.createElement("label"),
      document.createElement("input"),
      document.createElement("a"),
      document.createElement("button"),
    ];
    Object.assign(box, { type: "checkbox", checked });
    box.dataset.method = row;
    label.append(box, method.name);
    program.textContent = "its program";
    program.href = pages.get(row)?.href ?? "";
    Object.assign(remove, { type: "button", textContent: "Remove" });
    remove.setAttribute("aria-label", `Remove ${method.name}`);
    remove.addEventListener("click", () => {
      brought = brought.filter((one) => one !== method);
      if (!linked) {
        kept = kept.filter((one) => one !== method);
        keepMethods(kept);
      }
      void draw();
      root.querySelector<HTMLElement>("[data-choose=all]")?.focus();
    });
    element.append(label, program, remove);
    if (linked) element.append("It came with a link. Read it first: it runs when you press Measure.");
    return element;
  };

  const draw = async (): Promise<void> => {
    for (const method of all()) {
      const href = `${base.replace(/\/$/, "")}/play/${await shareFragment("code", { notebook: method.notebook })}`;
      const note = brought.includes(method) ? "came with a link" : "your own method";
      pages.set(rowOf(method), { title: method.name, href, note });
    }
    const off = [...list.querySelectorAll<HTMLElement>("input:not(:checked)")].map(({ dataset }) => dataset.method);
    list.replaceChildren(...all().map((method) => item(method, !off.includes(rowOf(method)))));
    changed();
  };

  return {
    /** Page and title of each, by the name of its row. */
    pages: (): MethodPages => Object.fromEntries(pages),
    /** Those of the named rows. */
    chosen: (rows: readonly string[]): readonly OwnMethod[] => all().filter((method) => rows.includes(rowOf(method))),
    /** Shows methods of a link beside the kept ones, for as long as the page stands. */
    async bring(methods: readonly OwnMethod[]): Promise<void> {
      brought = methods.filter((one) => !kept.some((own) => JSON.stringify(own) === JSON.stringify(one)));
      await draw();
    },
    draw,
  };
};
