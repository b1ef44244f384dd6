// echarts' single-file ES module, which loads six times faster than its hundreds of separate modules, ships without types.
declare module 'echarts/dist/echarts.esm.min.mjs' {
  export { init } from 'echarts';
}
