/** The fields of an example's form beside its knobs. */
export interface Asked {
  readonly prompt: string;
  readonly seed: number;
  readonly guidance: number;
}

const field = (form: HTMLElement, name: string): HTMLInputElement =>
  form.querySelector(`[data-ask=${name}]`) as HTMLInputElement;

export const readAsked = (form: HTMLElement): Asked => ({
  prompt: field(form, "prompt").value,
  seed: field(form, "seed").valueAsNumber,
  guidance: field(form, "guidance").valueAsNumber,
});

export const writeAsked = (form: HTMLElement, { prompt, seed, guidance }: Asked): void => {
  field(form, "prompt").value = prompt;
  field(form, "seed").value = String(seed);
  field(form, "guidance").value = String(guidance);
};
