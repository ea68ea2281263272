// Wall mode: `/office/?wall=1` or `#/?wall=1`. Dark tokens, larger type, no controls.

import { computed } from "vue";
import { route } from "../worker/case/route.ts";

const asked = () => new URLSearchParams(location.search).get("wall") === "1" || route.query.wall === "1";

export const wall = computed(asked);

export function apply_wall(): void {
  document.documentElement.toggleAttribute("data-wall", asked());
}
