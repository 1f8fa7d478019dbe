/**
 * What a page can set: as `data-...` on the script tag, or without `data-` on the element.
 * docs/embed.md describes each one; a test compares the two.
 */
export const OPTIONS = {
  server: "",
  position: "right",
  color: "",
  theme: "auto",
  language: "auto",
  title: "",
  greeting: "",
  phone: "",
  bottom: "20",
};

export type Options = typeof OPTIONS;
export const NAMES = Object.keys(OPTIONS) as (keyof Options)[];

/** The options of an element, with the defaults for what it does not say. */
export function optionsOf(element: Element): Options {
  const options = { ...OPTIONS };
  for (const name of NAMES) {
    const value = element.getAttribute(name);
    if (value !== null && value.trim()) options[name] = value.trim();
  }
  return options;
}
