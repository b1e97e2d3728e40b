/** For `node --import '…/use-nest.ts?major=11'`: what is no dependency itself gets the NestJS of that major. */
import { registerHooks } from 'node:module';
import { nestMajors, nestPackage, nestPattern } from './nest-majors.ts';

const wanted = new URL(import.meta.url).searchParams.get('major');
const major = nestMajors.find((each) => String(each) === wanted);
if (!major) throw new Error(`there is no NestJS ${wanted} here, but ${nestMajors.join(' and ')}`);
const parentURL = nestPackage(major).href;

registerHooks({
  resolve: (specifier, context, next) =>
    nestPattern.test(specifier) && !context.parentURL?.includes('/node_modules/')
      ? next(specifier, { ...context, parentURL })
      : next(specifier, context),
});
