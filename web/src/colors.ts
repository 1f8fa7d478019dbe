/** The clinic's own colour, with text colours that can be read on it (WCAG 2.2, 1.4.3). */

const LEAST_CONTRAST = 4.5;
const WHITE = "#ffffff";
const BLACK = "#111111";
// The grounds of styles.ts that coloured words stand on.
const LIGHT_GROUND = "#f2f6f7";
const DARK_GROUND = "#1c262b";

/** Relative luminance of "#rrggbb". */
function luminance(color: string): number {
  const part = (at: number): number => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Custom properties for a colour "#rgb" or "#rrggbb"; none for anything else. */
export function accent(color: string): Record<string, string> {
  const hex = color.trim().toLowerCase().replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  if (!/^#[0-9a-f]{6}$/.test(hex)) return {};
  const readable = (ground: string): string | undefined =>
    contrast(hex, ground) >= LEAST_CONTRAST ? hex : undefined;
  return {
    "--accent": hex,
    "--on-accent": contrast(hex, WHITE) >= LEAST_CONTRAST ? WHITE : BLACK,
    "--link-light": readable(LIGHT_GROUND) ?? "#17262d",
    "--link-dark": readable(DARK_GROUND) ?? "#eef4f6",
  };
}
