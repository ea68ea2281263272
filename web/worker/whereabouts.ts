// How far it is. Hides: the phone's position, asked for only when the person wants it or allowed it before;
// it never leaves the device.

import { ref } from "vue";
import type { Place } from "../base/shapes.ts";
import { t } from "./case/speech.ts";

const here = ref<GeolocationCoordinates | null>(null);
export const can_ask = ref(false);

export async function find_where(): Promise<void> {
  if (!("geolocation" in navigator)) return;
  const state = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (state?.state === "granted") ask_where();
  else can_ask.value = state?.state !== "denied";
}

export function ask_where(): void {
  can_ask.value = false;
  navigator.geolocation.watchPosition(
    (position) => (here.value = position.coords),
    () => (here.value = null),
    { maximumAge: 30_000, timeout: 20_000 },
  );
}

export function distance_words(place: Place): string {
  if (!here.value) return "";
  const metres = distance_m(here.value.latitude, here.value.longitude, place.lat, place.lon);
  if (metres < 950) return t("worker.metres", { n: Math.max(10, Math.round(metres / 10) * 10) });
  return t("worker.kilometres", { n: (metres / 1000).toFixed(1) });
}

/** The map that the phone has, through the public address of Amap, which takes WGS-84 when told so. */
export function way_address(place: Place): string {
  const position = `${place.lon},${place.lat}`;
  const query = new URLSearchParams({ position, name: place.name, coordinate: "wgs84", callnative: "1" });
  return `https://uri.amap.com/marker?${query}`;
}

// On a sphere: within half a per cent, which is finer than a phone's own position here.
function distance_m(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const rad = Math.PI / 180;
  const half = (from: number, to: number) => Math.sin(((to - from) * rad) / 2) ** 2;
  const chord = half(lat1, lat2) + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * half(lon1, lon2);
  return 2 * 6_371_000 * Math.asin(Math.sqrt(chord));
}
