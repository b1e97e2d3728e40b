import 'reflect-metadata';

/** Gives a function the name and the metadata of a method, so that Nest finds the guards, pipes and filters of that one. */
export function borrowMetadata<Call extends (...args: never[]) => unknown>(
  method: object & { name: string },
  call: Call,
): Call {
  for (const key of Reflect.getMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), call);
  }
  return Object.defineProperty(call, 'name', { value: method.name });
}
