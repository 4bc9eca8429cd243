// `Object.hasOwn` for browsers of before 2022; the bundler puts it in where vendored script asks for it.
export const ownProperty = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
