import { init, killThreads, Z3_error_code, Z3_lbool } from "z3-solver";

/** What z3 said: `unsat` proves a goal whose negation was asserted. */
export type Verdict = "unsat" | "sat" | "unknown";

/** z3, one query at a time. */
export type Solver = {
  version: string;
  /** @returns the verdict and, after `sat`, the values of `names` */
  check: (
    script: string,
    timeout: number,
    names?: readonly string[],
  ) => Promise<{ verdict: Verdict; values: Record<string, string> }>;
  stop: () => Promise<void>;
};

function verdictOf(answer: Z3_lbool): Verdict {
  if (answer === Z3_lbool.Z3_L_TRUE) return "sat";
  return answer === Z3_lbool.Z3_L_FALSE ? "unsat" : "unknown";
}

export async function startSolver(): Promise<Solver> {
  const z3 = await init();
  const { Z3 } = z3;
  const threads: unknown = z3.em;

  return {
    version: Z3.get_full_version(),
    // The script is read in a synchronous call: an asynchronous one would hand a thread a string
    // that is gone by the time it is read.
    check: async (script, timeout, names = []) => {
      const context = Z3.mk_context(Z3.mk_config());
      const solver = Z3.mk_solver(context);
      Z3.solver_inc_ref(context, solver);
      const parameters = Z3.mk_params(context);
      Z3.params_inc_ref(context, parameters);
      Z3.params_set_uint(context, parameters, Z3.mk_string_symbol(context, "timeout"), timeout);
      Z3.solver_set_params(context, solver, parameters);
      Z3.solver_from_string(context, solver, script);
      const code = Z3.get_error_code(context);
      if (code !== Z3_error_code.Z3_OK) throw new Error(`z3: ${Z3.get_error_msg(context, code)}`);

      const answer = await Z3.solver_check(context, solver);
      const verdict = verdictOf(answer);
      const values: Record<string, string> = {};
      if (verdict === "sat") {
        const model = Z3.model_to_string(context, Z3.solver_get_model(context, solver));
        for (const line of model.split("\n")) {
          const [, name, value] = /^(\S+) -> (.*)$/.exec(line) ?? [];
          if (name !== undefined && names.includes(name)) values[name] = value ?? "";
        }
      }
      Z3.params_dec_ref(context, parameters);
      Z3.solver_dec_ref(context, solver);
      Z3.del_context(context);
      return { verdict, values };
    },
    stop: () => killThreads(threads),
  };
}
