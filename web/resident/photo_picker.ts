// Takes photos, shrinks them on the device, shows them, uploads them while the person still writes, and keeps
// them on the device until they are sent. The list that it works on is the caller's.

import { ApiError } from "../base/api.ts";
import { PictureError, shrink_picture } from "../base/pictures.ts";
import { h, icon, new_id } from "./element.ts";
import { upload_photo, is_uploaded, type Photo } from "./letters.ts";
import { announce, t } from "./page.ts";

interface Options {
  token: string;
  photos: Photo[];
  photos_max: number;
  changed: () => void;
}

export class PhotoPicker {
  readonly element: HTMLElement;
  private readonly options: Options;
  private readonly photos: Photo[];
  private readonly addresses = new Map<string, string>();
  private readonly tiles = h("ul", { class: "photos", "aria-label": t("resident.photos") });
  private readonly trouble = h("p", { class: "field-error", role: "alert", hidden: true });
  private readonly send_all = () => {
    for (const photo of this.photos) void this.send(photo);
  };

  constructor(options: Options) {
    this.options = options;
    this.photos = options.photos;
    const camera = this.file_button("camera", t("resident.camera"), true);
    const album = this.file_button("album", t("resident.album"), false);
    const row = h("div", { class: "row" }, camera, album);
    this.element = h("div", { class: "photo-picker" }, row, this.trouble, this.tiles);
    window.addEventListener("online", this.send_all);
    this.draw();
    this.send_all();
  }

  leave(): void {
    window.removeEventListener("online", this.send_all);
    for (const address of this.addresses.values()) URL.revokeObjectURL(address);
  }

  private file_button(picture: string, words: string, with_camera: boolean): HTMLElement {
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
        void this.take(chosen);
      },
    });
    const label = h("label", { class: "button", for: id }, icon(picture), words);
    return h("span", { class: "file-button" }, input, label);
  }

  private complain(words: string): void {
    this.trouble.textContent = words;
    this.trouble.hidden = words === "";
  }

  private async take(files: File[]): Promise<void> {
    this.complain("");
    for (const file of files) {
      if (this.photos.length >= this.options.photos_max) {
        this.complain(t("resident.photos_full", { n: this.options.photos_max }));
        break;
      }
      try {
        const jpeg = await shrink_picture(file);
        const photo: Photo = { id: `${Date.now()}-${new_id()}`, bytes: await jpeg.arrayBuffer() };
        this.photos.push(photo);
        this.options.changed();
        this.draw();
        announce(t("resident.photo_added", { n: this.photos.length }));
        void this.send(photo);
      } catch (error) {
        if (!(error instanceof PictureError)) throw error;
        this.complain(t("resident.photo_unreadable"));
      }
    }
  }

  private say(photo: Photo, words: string, share?: number): void {
    const tile = this.tiles.querySelector<HTMLElement>(`[data-photo="${photo.id}"]`);
    const bar = tile?.querySelector("progress");
    const note = tile?.querySelector(".photo-note");
    if (bar) bar.hidden = share === undefined;
    if (bar && share !== undefined) bar.value = share;
    if (note) note.textContent = words;
  }

  private async send(photo: Photo): Promise<void> {
    if (is_uploaded(photo)) return;
    const sending = t("resident.photo_sending");
    this.say(photo, sending, 0);
    try {
      await upload_photo(this.options.token, photo, (share) => this.say(photo, sending, share));
      this.say(photo, "");
      this.options.changed();
    } catch (error) {
      if (error instanceof ApiError && !error.passing && this.photos.includes(photo)) {
        this.remove(photo);
        this.complain(error.problem.detail ?? t("resident.photo_unreadable"));
      } else {
        this.say(photo, t("resident.photo_kept"));
      }
    }
  }

  private remove(photo: Photo): void {
    const index = this.photos.indexOf(photo);
    if (index >= 0) this.photos.splice(index, 1);
    const address = this.addresses.get(photo.id);
    if (address) URL.revokeObjectURL(address);
    this.addresses.delete(photo.id);
    this.options.changed();
    this.draw();
  }

  private draw(): void {
    this.tiles.replaceChildren(...this.photos.map((photo, index) => this.tile_of(photo, index + 1)));
    this.tiles.hidden = this.photos.length === 0;
    const full = this.photos.length >= this.options.photos_max;
    for (const input of this.element.querySelectorAll<HTMLInputElement>("input")) input.disabled = full;
  }

  private tile_of(photo: Photo, n: number): HTMLElement {
    const address = this.addresses.get(photo.id) ?? URL.createObjectURL(new Blob([photo.bytes]));
    this.addresses.set(photo.id, address);
    const remove_and_stay = () => {
      this.remove(photo);
      this.element.querySelector<HTMLElement>("input:not([disabled])")?.focus();
    };
    const words = t("resident.photo_remove", { n });
    return h(
      "li",
      { "data-photo": photo.id },
      h("img", { src: address, alt: t("resident.photo", { n }) }),
      h("progress", { max: 1, value: 0, hidden: true, "aria-label": t("resident.photo_sending") }),
      h("span", { class: "photo-note" }),
      h(
        "button",
        { type: "button", class: "photo-remove", "aria-label": words, onclick: remove_and_stay },
        icon("cross"),
      ),
    );
  }
}
