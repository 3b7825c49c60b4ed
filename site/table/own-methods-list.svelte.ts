import { keepMethods, keptMethods, type OwnMethod, rowOf } from "../notebook/own-methods.js";
import { shareFragment } from "../program/share-link.js";
import type { MethodPages } from "./trade-off-rows.js";

/** A method that a reader wrote, as the form lists it. */
export interface ListedMethod {
  readonly method: OwnMethod;
  readonly row: string;
  /** Of its program in the playground. */
  readonly href: string;
  /** Whether a link brought it, rather than this browser keeping it. */
  readonly linked: boolean;
}

/** The methods that readers wrote: kept ones, and those that a link brought. Nothing runs here. */
export class OwnMethods {
  readonly #base: string;
  #kept: readonly OwnMethod[] = [];
  #brought: readonly OwnMethod[] = [];
  listed = $state.raw<readonly ListedMethod[]>([]);
  /** Page and title of each, by the name of its row. */
  readonly pages: MethodPages = $derived.by(() =>
    Object.fromEntries(
      this.listed.map(({ method: { name }, row, href, linked }) => [
        row,
        { title: name, href, note: linked ? "came with a link" : "your own method" },
      ]),
    ),
  );

  constructor(base: string) {
    this.#base = base.replace(/\/$/, "");
  }

  async #list(): Promise<void> {
    const [brought, kept] = [this.#brought, this.#kept];
    const others = kept.filter((method) => !brought.some(({ name }) => name === method.name));
    this.listed = await Promise.all(
      [...brought, ...others].map(async (method) => ({
        ...{ method, row: rowOf(method), linked: brought.includes(method) },
        href: `${this.#base}/play/${await shareFragment("code", { notebook: method.notebook })}`,
      })),
    );
  }

  /** Lists the methods that the browser keeps. */
  load(): Promise<void> {
    this.#kept = keptMethods();
    return this.#list();
  }

  /** Shows methods of a link beside the kept ones, for as long as the page is open. */
  bring(methods: readonly OwnMethod[]): Promise<void> {
    this.#brought = methods.filter((one) => !this.#kept.some((own) => JSON.stringify(own) === JSON.stringify(one)));
    return this.#list();
  }

  remove({ method, linked }: ListedMethod): Promise<void> {
    this.#brought = this.#brought.filter((one) => one !== method);
    if (!linked) {
      this.#kept = this.#kept.filter((one) => one !== method);
      keepMethods(this.#kept);
    }
    return this.#list();
  }
}
