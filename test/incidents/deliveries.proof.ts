import { deliveryProperties } from './delivery-properties.ts';

deliveryProperties(3000);
