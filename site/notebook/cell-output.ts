import { gridHtml, gridLegend } from "../grid/grid-html.js";
import { gridRows } from "../grid/grid-rows.js";
import type { CellError, ConsoleLine, Shown } from "./cell/messages.js";
import { clipPlayer } from "./clip-player.js";

// What programs display was sent by the reader's code; checked-output.ts holds it to what can be drawn. It is drawn as text
// and pixels, never as HTML.

const made = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  text = "",
): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
};

const scroller = (label: string, content: HTMLElement): HTMLElement => {
  const place = made("div", "dc-table");
  place.tabIndex = 0;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", label);
  place.append(content);
  return place;
};

const table = ({ columns, rows, more }: Extract<Shown, { type: "table" }>): HTMLElement => {
  const element = made("table", "");
  const head = element.createTHead().insertRow();
  for (const column of columns) {
    const cell = made("th", "", String(column));
    cell.scope = "col";
    head.append(cell);
  }
  const body = element.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const value of row) {
      const cell = line.insertCell();
      cell.textContent = typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value ?? "");
      if (typeof value === "number") cell.className = "dc-number";
    }
  }
  const place = made("div", "");
  place.append(scroller("Displayed table", element));
  if (more > 0) place.append(made("p", "dc-quiet", `${more} more rows`));
  return place;
};

const text = (said: string, className = "dc-out-text"): HTMLElement => {
  const element = made("pre", className, said);
  element.tabIndex = 0;
  return element;
};

const grid = ({ planned }: Extract<Shown, { type: "grid" }>): HTMLElement => {
  const rows = gridRows(planned, () => "reuse");
  const place = made("div", "dc-run-grid");
  const cells = made("div", "dc-grid");
  const legend = made("p", "dc-legends");
  cells.innerHTML = gridHtml(rows); // labels are ours and cells are 0 or 1: checked when they came
  legend.innerHTML = gridLegend(rows);
  place.append(cells, legend);
  return place;
};

const plot = ({ plot }: Extract<Shown, { type: "plot" }>): HTMLElement => {
  const place = made("div", "");
  void import("./cell-plot.js").then(
    ({ cellPlot }) => {
      try {
        place.append(cellPlot(plot));
      } catch (error) {
        place.append(text(`This plot cannot be drawn: ${(error as Error).message}`));
      }
    },
    (error) => place.append(text(`${(error as Error).message}`)),
  );
  return place;
};

const drawn = (shown: Shown): HTMLElement => {
  if (shown.type === "table") return table(shown);
  if (shown.type === "clip") return clipPlayer(shown);
  if (shown.type === "grid") return grid(shown);
  if (shown.type === "plot") return plot(shown);
  return text(String(shown.text));
};

/** Where a program's output goes: what it displays and logs, in order, and how it failed. */
export const cellOutput = (place: HTMLElement, goTo: (line: number, column: number) => void) => {
  let log: HTMLElement | undefined;
  return {
    clear(): void {
      place.replaceChildren();
      log = undefined;
    },
    show(shown: Shown): void {
      log = undefined;
      try {
        place.append(drawn(shown));
      } catch (error) {
        place.append(text(`This cannot be shown: ${(error as Error).message}`));
      }
    },
    line({ level, text: said }: ConsoleLine): void {
      if (!log) {
        log = text("", "dc-out-log");
        log.setAttribute("aria-label", "Console");
        log.setAttribute("role", "log");
        place.append(log);
      }
      const line = made("span", "", `${said}\n`);
      line.dataset.level = level;
      log.append(line);
    },
    fail({ name, message, hint, at }: CellError): void {
      log = undefined;
      const box = made("div", "dc-failure");
      box.setAttribute("role", "alert");
      const said = made("p", "");
      said.append(made("strong", "", name === "Stopped" ? message : `${name}: ${message}`));
      box.append(said);
      if (hint) box.append(made("p", "", hint));
      if (at) {
        const button = made("button", "", `Line ${at.line}, column ${at.column}`);
        button.type = "button";
        button.addEventListener("click", () => goTo(at.line, at.column));
        box.append(button);
      }
      place.append(box);
    },
  };
};

export type CellOutput = ReturnType<typeof cellOutput>;
