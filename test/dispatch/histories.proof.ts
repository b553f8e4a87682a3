import { historyProperties } from './history-properties.ts';

historyProperties(400);
