/** The figures of charts in a part of the page, by their titles. */
export const chartsIn = (root: ParentNode): readonly { readonly title: string; readonly figure: HTMLElement }[] =>
  [...root.querySelectorAll<HTMLElement>(".dc-chart")].map((figure) => ({ title: titleOf(figure), figure }));

const titleOf = (figure: HTMLElement): string => figure.querySelector("figcaption strong")?.textContent ?? "Chart";

/** What the legend beside a picture says, in the colours that it has on the page. */
const legendOf = (figure: HTMLElement): readonly { readonly text: string; readonly colour: string }[] =>
  [...figure.querySelectorAll<HTMLElement>(".dc-legend")].map((key) => {
    const { backgroundColor, borderTopColor } = getComputedStyle(key.querySelector("i") ?? key);
    const colour = backgroundColor === "rgba(0, 0, 0, 0)" ? borderTopColor : backgroundColor;
    return { text: key.textContent?.trim() ?? "", colour };
  });

const svgElement = (name: string, attributes: Readonly<Record<string, string | number>>, text = ""): SVGElement => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
};

/** A copy whose colours and fonts no longer come from the page's style sheet. */
const standing = (picture: SVGSVGElement): SVGSVGElement => {
  const copy = picture.cloneNode(true) as SVGSVGElement;
  const originals = [picture, ...picture.querySelectorAll<SVGElement>("*")];
  for (const [at, one] of [copy, ...copy.querySelectorAll<SVGElement>("*")].entries()) {
    const seen = getComputedStyle(originals[at] as SVGElement);
    for (const { name, value } of one.attributes)
      if (name !== "style" && value.includes("var(")) one.setAttribute(name, seen.getPropertyValue(name));
    one.removeAttribute("class");
  }
  const { color, fontFamily, fontSize } = getComputedStyle(picture);
  copy.setAttribute("style", `color: ${color}; font-family: ${fontFamily}; font-size: ${fontSize}; overflow: visible`);
  for (const style of copy.querySelectorAll("style")) style.remove();
  return copy;
};

const head = 56;

/** A chart as a file of its own: its title, its legend and its picture, on the page's ground. */
export const svgOf = (figure: HTMLElement): { text: string; width: number; height: number } => {
  const picture = figure.querySelector<SVGSVGElement>(".dc-plot svg");
  if (!picture) throw new Error("This chart is not drawn yet: scroll to it, and try again.");
  const title = titleOf(figure);
  const [width, height] = [picture.width.baseVal.value, picture.height.baseVal.value + head];
  const { color, fontFamily } = getComputedStyle(picture);
  const { backgroundColor } = getComputedStyle(document.body);
  const whole = svgElement("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
  });
  const letters = { fill: color, "font-family": fontFamily };
  whole.append(
    svgElement("title", {}, title),
    svgElement("rect", { width, height, fill: backgroundColor }),
    svgElement("text", { ...letters, x: 12, y: 22, "font-size": 15, "font-weight": 600 }, title),
  );
  let x = 12;
  for (const { text, colour } of legendOf(figure)) {
    whole.append(
      svgElement("rect", { x, y: 35, width: 10, height: 10, fill: colour }),
      svgElement("text", { ...letters, x: x + 15, y: 44, "font-size": 12 }, text),
    );
    x += 30 + 7 * text.length;
  }
  const inner = standing(picture);
  inner.setAttribute("y", String(head));
  whole.append(inner);
  return { text: new XMLSerializer().serializeToString(whole), width, height };
};

/** The same as pixels, twice as many as the page shows. */
export const pngOf = async (figure: HTMLElement): Promise<Blob> => {
  const { text, width, height } = svgOf(figure);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = new OffscreenCanvas(2 * width, 2 * height);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/png" });
};
