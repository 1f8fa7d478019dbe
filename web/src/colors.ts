/** The clinic's own colour, with text colours that can be read on it (WCAG 2.2, 1.4.3). */

const LEAST_CONTRAST = 4.5;
const WHITE = "#ffffff";
const BLACK = "#111111";

/** Relative luminance of "#rrggbb". */
function luminance(color: string): number {
  const part = (at: number): number => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

/** Custom properties for a colour "#rgb" or "#rrggbb"; none for anything else. */
export function accent(color: string): Record<string, string> {
  const hex = color.trim().toLowerCase().replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  if (!/^#[0-9a-f]{6}$/.test(hex)) return {};
  return {
    "--accent": hex,
    "--on-accent": 1.05 / (luminance(hex) + 0.05) >= LEAST_CONTRAST ? WHITE : BLACK,
    // Words in it could not be read on every ground, so they take the colour of text.
    "--brand": "var(--ink)",
  };
}
