import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in for the SDK's credential chain in the bundles (serverless.yml, `custom.esbuild.alias`): Lambda gives a
 * function its role's credentials in the environment, and the rest of the chain is a fifth of the bundle.
 */
export const defaultProvider = () => fromEnv();
