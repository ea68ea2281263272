// Takes photos, shrinks them on the device, shows them, uploads them while the person still writes, and keeps
// them on the device until they are sent. The list that it works on is the caller's.

import { ApiError } from "../base/api.ts";
import { PictureError, shrink_picture } from "../base/pictures.ts";
import { h, icon, new_id } from "./element.ts";
import { upload_photo, is_uploaded, type Photo } from "./letters.ts";
import { announce, t } from "./page.ts";

export interface PhotoPicker {
  element: HTMLElement;
  leave: () => void;
}

interface Options {
  token: string;
  photos: Photo[];
  photos_max: number;
  changed: () => void;
}

export function photo_picker(options: Options): PhotoPicker {
  const { photos } = options;
  const addresses = new Map<string, string>();
  const tiles = h("ul", { class: "photos", "aria-label": t("resident.photos") });
  const trouble = h("p", { class: "field-error", role: "alert", hidden: true });
  const camera = file_button("camera", t("resident.camera"), true);
  const album = file_button("album", t("resident.album"), false);
  const element = h(
    "div",
    { class: "photo-picker" },
    h("div", { class: "row" }, camera, album),
    trouble,
    tiles,
  );

  function file_button(picture: string, words: string, with_camera: boolean): HTMLElement {
    const id = new_id();
    const input = h("input", {
      type: "file",
      id,
      class: "for-readers",
      accept: "image/*",
      multiple: !with_camera,
      capture: with_camera ? "environment" : null,
      onchange: () => {
        const chosen = [...(input.files ?? [])];
        input.value = "";
        void take(chosen);
      },
    });
    return h(
      "span",
      { class: "file-button" },
      input,
      h("label", { class: "button", for: id }, icon(picture), words),
    );
  }

  function complain(words: string): void {
    trouble.textContent = words;
    trouble.hidden = words === "";
  }

  async function take(files: File[]): Promise<void> {
    complain("");
    for (const file of files) {
      if (photos.length >= options.photos_max) {
        complain(t("resident.photos_full", { n: options.photos_max }));
        break;
      }
      try {
        const jpeg = await shrink_picture(file);
        const photo: Photo = { id: `${Date.now()}-${new_id()}`, bytes: await jpeg.arrayBuffer() };
        photos.push(photo);
        options.changed();
        draw();
        announce(t("resident.photo_added", { n: photos.length }));
        void send(photo);
      } catch (error) {
        if (!(error instanceof PictureError)) throw error;
        complain(t("resident.photo_unreadable"));
      }
    }
  }

  async function send(photo: Photo): Promise<void> {
    const tile = () => tiles.querySelector<HTMLElement>(`[data-photo="${photo.id}"]`);
    const say = (words: string, share?: number) => {
      const bar = tile()?.querySelector("progress");
      const note = tile()?.querySelector(".photo-note");
      if (bar) bar.hidden = share === undefined;
      if (bar && share !== undefined) bar.value = share;
      if (note) note.textContent = words;
    };
    if (is_uploaded(photo)) return;
    say(t("resident.photo_sending"), 0);
    try {
      await upload_photo(options.token, photo, (share) => say(t("resident.photo_sending"), share));
      say("");
      options.changed();
    } catch (error) {
      if (error instanceof ApiError && !error.passing && photos.includes(photo)) {
        remove(photo);
        complain(error.problem.detail ?? t("resident.photo_unreadable"));
      } else {
        say(t("resident.photo_kept"));
      }
    }
  }

  function remove(photo: Photo): void {
    const index = photos.indexOf(photo);
    if (index >= 0) photos.splice(index, 1);
    const address = addresses.get(photo.id);
    if (address) URL.revokeObjectURL(address);
    addresses.delete(photo.id);
    options.changed();
    draw();
  }

  function draw(): void {
    tiles.replaceChildren(...photos.map(draw_photo));
    tiles.hidden = photos.length === 0;
    const full = photos.length >= options.photos_max;
    for (const input of element.querySelectorAll<HTMLInputElement>("input")) input.disabled = full;
  }

  function draw_photo(photo: Photo, index: number): HTMLElement {
    const address = addresses.get(photo.id) ?? URL.createObjectURL(new Blob([photo.bytes]));
    addresses.set(photo.id, address);
    const remove_button = h(
      "button",
      {
        type: "button",
        class: "photo-remove",
        "aria-label": t("resident.photo_remove", { n: index + 1 }),
        onclick: () => {
          remove(photo);
          element.querySelector<HTMLElement>("input:not([disabled])")?.focus();
        },
      },
      icon("cross"),
    );
    return h(
      "li",
      { "data-photo": photo.id },
      h("img", { src: address, alt: t("resident.photo", { n: index + 1 }) }),
      h("progress", { max: 1, value: 0, hidden: true, "aria-label": t("resident.photo_sending") }),
      h("span", { class: "photo-note" }),
      remove_button,
    );
  }

  const again = () => {
    for (const photo of photos) void send(photo);
  };
  window.addEventListener("online", again);
  draw();
  again();
  return {
    element,
    leave: () => {
      window.removeEventListener("online", again);
      for (const address of addresses.values()) URL.revokeObjectURL(address);
    },
  };
}
