throw new TypeError('the handlers are broken');
