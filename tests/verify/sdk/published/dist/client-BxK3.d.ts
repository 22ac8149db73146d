declare class A {} declare class b {} interface C {} export { A, b, type C };
