import { crmFaults } from './crm-faults.ts';

crmFaults('orders');
