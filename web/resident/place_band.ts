// Where you are, and what should be printed on the plate, so that a stuck-over code is noticed.

import type { ScannedPlace } from "../base/shapes.ts";
import { h } from "./element.ts";
import { t } from "./page.ts";

export function place_band(place: ScannedPlace): HTMLElement[] {
  return [
    h("h1", {}, place.name),
    h("p", { class: "address" }, place.address),
    h(
      "p",
      { class: "plate" },
      h("span", {}, t("resident.plate")),
      h("strong", {}, place.phrase),
      h("span", { class: "serial" }, `No. ${place.serial}`),
    ),
  ];
}
