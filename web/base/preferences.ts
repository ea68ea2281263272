// Large type, chosen by the person and kept on the device; set on <html> before anything is painted.

const storage_key = "mashang.large";

export function is_large(): boolean {
  try {
    return localStorage.getItem(storage_key) === "1";
  } catch {
    return document.documentElement.hasAttribute("data-large");
  }
}

export function set_large(large: boolean): void {
  try {
    localStorage.setItem(storage_key, large ? "1" : "0");
  } catch {
    // The choice then lasts as long as the page.
  }
  document.documentElement.toggleAttribute("data-large", large);
}

export function apply_preferences(): void {
  document.documentElement.toggleAttribute("data-large", is_large());
}
