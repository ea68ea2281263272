// The office's page, for reviewers, leaders and the district: opens the words, then the view.

import { createApp } from "vue";
import "element-plus/es/components/base/style/css";
import "element-plus/es/components/dropdown/style/css";
import "element-plus/es/components/skeleton/style/css";
import "leaflet/dist/leaflet.css";
import "../base/tokens.css";
import "../worker/case/staff.css";
import "./theme.css";
import "./office.css";
import en_office from "../../schema/texts/en/office.json";
import en_words from "../../schema/texts/en/words.json";
import en_worker from "../../schema/texts/en/worker.json";
import zh_office from "../../schema/texts/zh/office.json";
import zh_words from "../../schema/texts/zh/words.json";
import zh_worker from "../../schema/texts/zh/worker.json";
import { open_speech } from "../worker/case/speech.ts";
import OfficeApp from "./OfficeApp.vue";
import { apply_wall } from "./wall.ts";

apply_wall();
open_speech({
  zh: { ...zh_words, ...zh_worker, ...zh_office },
  en: { ...en_words, ...en_worker, ...en_office },
});
createApp(OfficeApp).mount("#app");
