// The grid worker's page: opens the words, then the view. Everything else is in WorkerApp.

import { createApp } from "vue";
import "../base/tokens.css";
import "./case/staff.css";
import en_words from "../../schema/texts/en/words.json";
import en_worker from "../../schema/texts/en/worker.json";
import zh_words from "../../schema/texts/zh/words.json";
import zh_worker from "../../schema/texts/zh/worker.json";
import { open_speech } from "./case/speech.ts";
import WorkerApp from "./WorkerApp.vue";

open_speech({ zh: { ...zh_words, ...zh_worker }, en: { ...en_words, ...en_worker } });
createApp(WorkerApp).mount("#app");
