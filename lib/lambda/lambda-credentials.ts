import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in for the SDK's credential chain in the bundles (infrastructure/bundling.yml, `alias`): Lambda gives a
 * function its role's credentials in the environment, and the rest of the chain is a fifth of the bundle.
 */
export const defaultProvider = () => fromEnv();
