export { bareTemplate as testTemplate } from '../../local/bare-template.ts';
