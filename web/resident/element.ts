// Builds elements: plain functions instead of a framework, so that the whole page stays light.

type Child = Node | string | null | undefined | false;
type Value = string | number | boolean | null | undefined | ((event: Event) => void);

/** `on…` attributes are listeners, true and false set or leave an attribute, `value` sets the property. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (key === "value" && "value" in element) (element as { value: unknown }).value = value ?? "";
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(key, String(value));
  }
  add(element, ...children);
  return element;
}

export function add(parent: Element, ...children: Child[]): void {
  for (const child of children) {
    if (child) parent.append(child);
  }
}

/** An icon of the sprite in resident.html; it says nothing to readers, words beside it do. */
export function icon(name: string): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#i-${name}`);
  picture.append(use);
  return picture;
}

let ids = 0;

export function new_id(): string {
  ids += 1;
  return `e${ids}`;
}
