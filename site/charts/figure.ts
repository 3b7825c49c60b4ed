import type { Chart } from "./chart.js";

const element = <Name extends keyof HTMLElementTagNameMap>(name: Name, text = ""): HTMLElementTagNameMap[Name] => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};

const pickButton = (text: string, pick: () => void): HTMLElement => {
  const button = element("button", text);
  button.type = "button";
  button.className = "dc-pick";
  button.addEventListener("click", pick);
  return button;
};

const tableOf = ({ title, columns, rows, pick }: Chart): HTMLElement => {
  const details = element("details");
  const table = element("table");
  const head = table.createTHead().insertRow();
  for (const column of columns) {
    const cell = element("th", column);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const [at, row] of rows.entries()) {
    const line = body.insertRow();
    for (const value of row) line.insertCell().textContent = String(value);
    if (pick) line.cells[0]?.replaceChildren(pickButton(String(row[0]), () => pick(at)));
  }
  table.createCaption().textContent = title;
  const scroller = element("div");
  scroller.className = "dc-table";
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "region");
  scroller.setAttribute("aria-label", `${title}, table`);
  scroller.append(table);
  details.append(element("summary", "The numbers as a table"), scroller);
  return details;
};

/** One picture with one name: the plotting library also names every mark in it, which a picture's parts may not have. */
const asImage = (picture: Element): Element => {
  picture.setAttribute("role", "img");
  for (const mark of picture.querySelectorAll("g[aria-label]")) mark.removeAttribute("aria-label");
  return picture;
};

/** A chart with its title, its table and a picture that follows the width of its place. */
export const chartFigure = (chart: Chart, legend = ""): HTMLElement => {
  const figure = element("figure");
  figure.className = "dc-chart";
  const caption = element("figcaption");
  caption.append(element("strong", chart.title), element("span", chart.description));
  const place = element("div");
  place.className = "dc-plot";
  const keys = element("p");
  keys.className = "dc-legends";
  keys.innerHTML = legend;
  figure.append(caption, ...(legend ? [keys] : []), place, tableOf(chart));
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === drawn || width === 0) return;
    drawn = width;
    place.replaceChildren(asImage(chart.draw(width)));
  }).observe(place);
  return figure;
};
