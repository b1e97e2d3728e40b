/** For `node --import`: what is no dependency itself gets the NestJS of the major in PGQUE_NEST_MAJOR. */
import { registerHooks } from 'node:module';
import { nestMajors, nestPackage, nestPattern } from './nest-majors.ts';

const wanted = process.env['PGQUE_NEST_MAJOR'];
const major = nestMajors.find((each) => String(each) === wanted);
if (!major) throw new Error(`PGQUE_NEST_MAJOR is ${wanted}; there are ${nestMajors.join(' and ')}`);
const parentURL = nestPackage(major).href;

registerHooks({
  resolve: (specifier, context, next) =>
    nestPattern.test(specifier) && !context.parentURL?.includes('/node_modules/')
      ? next(specifier, { ...context, parentURL })
      : next(specifier, context),
});
