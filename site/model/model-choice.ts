import { chooseModel, modelOf, onModel } from "./models.js";

/** The choice between the models of the page. All say the same. */
class ModelChoice extends HTMLElement {
  #stop: (() => void) | undefined;

  connectedCallback(): void {
    const choice = this.querySelector("select") as HTMLSelectElement;
    const offered = [...choice.options].filter(({ disabled }) => !disabled).map(({ value }) => ({ name: value }));
    const show = (): void => {
      choice.value = modelOf(offered).name;
    };
    show(); // a browser may have kept what was chosen before the page was loaded again
    choice.addEventListener("change", () => chooseModel(choice.value));
    this.#stop = onModel(show);
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }
}

customElements.define("dc-model", ModelChoice);
