import { crmFaults } from './crm-faults.ts';

crmFaults('open-api');
