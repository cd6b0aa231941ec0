import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface DataTableProps {
  /** Refuse the deletion of the table, by hand or with the stack. */
  readonly protect: boolean;
  /** Leave the table when the stack goes: who wants it gone deletes it on purpose. */
  readonly retain: boolean;
}

const INDEXES = ['gsi1', 'gsi2'];
const key = (name: string) => ({ name, type: AttributeType.STRING });

/** What functions do with items; a transaction needs no more than its parts. */
export type ItemAction =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'UpdateItem';

/** The one table, its two overloaded indexes and the rights that functions get on it. */
export class DataTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: DataTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: key('pk'),
      sortKey: key('sk'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'ttl',
      deletionProtection: props.protect,
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    for (const index of INDEXES) {
      this.table.addGlobalSecondaryIndex({
        indexName: index,
        partitionKey: key(`${index}pk`),
        sortKey: key(`${index}sk`),
        projectionType: ProjectionType.ALL,
      });
    }
  }

  /** Items of the table, and queries of its indexes; no scan, and no right on the table itself. */
  grant(grantee: IGrantable, actions: readonly ItemAction[]): void {
    const { tableArn } = this.table;
    const allow = (items: readonly ItemAction[], resources: string[]) => {
      const named = items.map((item) => `dynamodb:${item}`);
      if (named.length === 0) return;
      const statement = new PolicyStatement({ actions: named, resources });
      grantee.grantPrincipal.addToPrincipalPolicy(statement);
    };
    const indexes = INDEXES.map((index) => `${tableArn}/index/${index}`);
    allow(
      actions.filter((action) => action !== 'Query'),
      [tableArn],
    );
    allow(
      actions.filter((action) => action === 'Query'),
      [tableArn, ...indexes],
    );
  }
}
