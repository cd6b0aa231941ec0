import { CustomResource } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface FirstAdministratorProps {
  /** The function that makes the invitation, in the table. */
  readonly handler: IFunction;
  /** A new word makes a new invitation at the next deployment. */
  readonly attempt: string;
  readonly apiUrl: string;
}

/** The way in after the first deployment: an invitation whose account is an administrator. */
export class FirstAdministrator extends Construct {
  /** A command that makes the account, once its name, address and password are filled in. */
  readonly command: string;

  constructor(scope: Construct, id: string, props: FirstAdministratorProps) {
    super(scope, id);
    const invitation = new CustomResource(this, 'Invitation', {
      resourceType: 'Custom::AssayFirstAdministrator',
      serviceToken: props.handler.functionArn,
      properties: { attempt: props.attempt },
    });
    const body = JSON.stringify({
      invitation: invitation.getAttString('Token'),
      username: 'NAME',
      email: 'EMAIL',
      password: 'PASSWORD',
      // Another word, so that the command makes nobody with a password that everybody knows.
      confirmPassword: 'THE SAME',
    });
    this.command =
      `curl -X POST ${props.apiUrl}/api/v1/users` +
      ` -H 'content-type: application/json' -d '${body}'`;
  }
}
