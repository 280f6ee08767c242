import { cocoMlt } from './coco-mlt.ts'
import type { Recipe } from './recipe.ts'
import { vocMlt } from './voc-mlt.ts'

/** The recipes by their names on the command line. */
export const recipes = { 'voc-mlt': vocMlt, 'coco-mlt': cocoMlt } as const satisfies Readonly<Record<string, Recipe>>

/** A name in {@link recipes}. */
export type RecipeName = keyof typeof recipes

/** All of them. */
export const recipeNames = Object.keys(recipes) as readonly RecipeName[]
